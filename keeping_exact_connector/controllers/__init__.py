from . import links, oauth, specification
