"""A real NVIDIA Triton on one machine: started, watched and stopped, with our TensorFlow backend in it."""
