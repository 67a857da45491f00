"""Capacity planning: measures this machine and estimates cores and replicas for many classrooms. Linux only."""
