
1ú.
zz
0*inner2exact:distance