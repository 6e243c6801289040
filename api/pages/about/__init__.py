"""The page about measurements, their accuracy and the limits of use; open to everyone."""
