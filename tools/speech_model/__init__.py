"""How the embedded speech model is made: sentences, voices, damage, training, export, figures."""
