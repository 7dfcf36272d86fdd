"""Prefectures: the registry, provisioning, the database backend with one login per prefecture, keys, files, request host."""
