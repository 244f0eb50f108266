from . import controllers, models, wizards
from .tools import logging_filter

logging_filter.install()
