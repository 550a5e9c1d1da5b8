"""One module for each drill; a module that is here is in force."""
