
Â
zidid"spearman