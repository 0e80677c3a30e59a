class Address(Base):
    __tablename__ = "link_addresses"
