
R
	select :a
a0