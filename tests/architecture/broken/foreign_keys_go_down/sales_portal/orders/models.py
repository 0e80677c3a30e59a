class Order(Base):
    __tablename__ = "orders"

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    parent_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
