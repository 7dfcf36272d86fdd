"""How the other side is reached: HTTP, files in a folder or over SFTP, a database, a medium, the terminal's stand-in."""
