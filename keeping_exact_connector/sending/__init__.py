from . import alarm, runner, sender
