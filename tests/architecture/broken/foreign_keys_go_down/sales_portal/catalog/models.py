class Product(Base):
    __tablename__ = "products"

    last_order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))  # breaks: may not name orders
    maker_id: Mapped[int] = mapped_column(ForeignKey("makers.id"))  # breaks: no table is known as makers
