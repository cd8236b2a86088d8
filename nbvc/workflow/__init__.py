"""What a person does with notebooks in git, once for the command line and the server.

A workflow takes plain values and returns a result. It never prints, prompts or reads arguments.
"""
