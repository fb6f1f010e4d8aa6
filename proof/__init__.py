"""What makes a published list provable: hashes, a signature, a log. Pure: no database; of ours only texts and errors.

What is published is plain JSON in one canonical form, signed by a key of the office; every list, correction and
withdrawal is a leaf of one tree whose head stands on paper. Keys are files; nothing here asks the network.
"""
