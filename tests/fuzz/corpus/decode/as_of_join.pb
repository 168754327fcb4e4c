
3º0
zz
id"
id:nopeRbackward