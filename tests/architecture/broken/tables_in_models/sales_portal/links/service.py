class Link(Base):
    __tablename__ = "links"  # breaks: the table links belongs into links/models.py


names = Table("link_names", metadata)  # breaks: the table link_names belongs
