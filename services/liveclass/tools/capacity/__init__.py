"""How much of everything a number of classrooms needs: measured on this machine, then multiplied. Linux only."""
