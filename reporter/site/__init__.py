"""What stands on the web as files: the archive of all editions with its feed, and a preview of one being written."""
