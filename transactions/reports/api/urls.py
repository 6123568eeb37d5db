"""URL routes under /api/v1/: reports; statements of wallets and resellers; receipts."""

from django.urls import path

from .receipts import ReceiptView
from .statements import FloatStatementView, WalletStatementView
from .views import CostsView, FloatsView, IncomeView, LiabilityView, SuspenseView

urlpatterns = [
    path("reports/income/", IncomeView.as_view(), name="report-income"),
    path("reports/floats/", FloatsView.as_view(), name="report-floats"),
    path("reports/liability/", LiabilityView.as_view(), name="report-liability"),
    path("reports/fees/", CostsView.as_view(), name="report-fees"),
    path("reports/suspense/", SuspenseView.as_view(), name="report-suspense"),
    path("tills/sales/<str:id>/receipt/", ReceiptView.as_view(), name="sale-receipt"),
    path("wallets/<str:id>/statement/", WalletStatementView.as_view(), name="wallet-statement"),
    path("resellers/<str:id>/statement/", FloatStatementView.as_view(), name="float-statement"),
]
