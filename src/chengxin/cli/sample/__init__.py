"""合成省份: a seeded synthetic province, its departments' files, and the truth about them."""
