"""The version of the package, which is that of the contract."""

VERSION = "0.2.0"
