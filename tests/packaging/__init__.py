"""The wheel, the dependency split and the shape of the tree."""
