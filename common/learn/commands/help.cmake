# What commands.cmake says of each command.
say("${usage}")
