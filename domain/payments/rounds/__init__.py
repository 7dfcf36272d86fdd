"""支給回: opened, calculated, approved by a second person, released."""
