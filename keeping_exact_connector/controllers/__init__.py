from . import oauth, specification
