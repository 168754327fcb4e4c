
!Z{"type":"struct","fields":[]}