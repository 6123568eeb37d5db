"""HTTP faces of water: staff's and the kiosks'."""
