"""The one rule language of a trial: text to nodes, nodes to English, nodes and facts to truth with its evidence."""
