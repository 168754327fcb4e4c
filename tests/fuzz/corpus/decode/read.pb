

parqueta nope"/nope