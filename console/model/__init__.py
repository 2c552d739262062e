"""What the console knows, as plain Python without Qt: facts in, row changes out."""
