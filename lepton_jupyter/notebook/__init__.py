"""Where the parts meet: a run, its store, its panel and the cluster it works on."""
