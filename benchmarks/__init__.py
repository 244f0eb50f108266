"""What the add-on costs and how fast it is, each against a yardstick in the same run."""
