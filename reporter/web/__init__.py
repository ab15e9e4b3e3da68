"""The few pages a list needs: subscribe, confirm, leave, the archive. A GET changes nothing, and nobody logs in."""
