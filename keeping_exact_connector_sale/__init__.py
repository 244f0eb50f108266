from . import models
from . import wizards
from .hooks import follow_hours_in_exact
