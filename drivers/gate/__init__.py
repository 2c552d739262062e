"""Gates: signed entry tokens in, passages out."""
