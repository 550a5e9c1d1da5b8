"""One module for each rule; a module that is here is in force."""
