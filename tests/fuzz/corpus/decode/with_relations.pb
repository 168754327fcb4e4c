
Ê
R

select 1z