"""System checks across apps: what one app declares, another must be able to carry out."""
