
Â
z	broadcast