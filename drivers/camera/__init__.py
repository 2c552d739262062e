"""Camera sources: bytes or a decoder in, frames with a capture time out."""
