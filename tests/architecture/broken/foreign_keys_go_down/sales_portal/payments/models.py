class Payment(Base):
    __tablename__ = "payments"
    __table_args__ = (
        ForeignKeyConstraint(["order_id", "no"], ["orders.id", "orders.no"]),  # breaks: may not name orders
    )

    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id))  # breaks: may not name Order
