

z"	
id as x