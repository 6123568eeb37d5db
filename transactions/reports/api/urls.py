"""URL routes under /api/v1/: reports; statements of wallets and resellers; receipts."""

from django.urls import path

from .receipts import ReceiptView
from .statements import FloatStatementView, WalletStatementView
from .views import CostsView, FloatsView, IncomeView, LiabilityView, SuspenseView
from .water import (
    FailuresView,
    MissingView,
    TagsReportView,
    TotalizersView,
    WaterSalesView,
)

urlpatterns = [
    path("reports/income/", IncomeView.as_view(), name="report-income"),
    path("reports/floats/", FloatsView.as_view(), name="report-floats"),
    path("reports/liability/", LiabilityView.as_view(), name="report-liability"),
    path("reports/fees/", CostsView.as_view(), name="report-fees"),
    path("reports/suspense/", SuspenseView.as_view(), name="report-suspense"),
    path("reports/water/sales/", WaterSalesView.as_view(), name="report-water-sales"),
    path("reports/water/totalizers/", TotalizersView.as_view(), name="report-water-totalizers"),
    path("reports/water/tags/", TagsReportView.as_view(), name="report-water-tags"),
    path("reports/water/failures/", FailuresView.as_view(), name="report-water-failures"),
    path("reports/water/missing/", MissingView.as_view(), name="report-water-missing"),
    path("tills/sales/<str:id>/receipt/", ReceiptView.as_view(), name="sale-receipt"),
    path("wallets/<str:id>/statement/", WalletStatementView.as_view(), name="wallet-statement"),
    path("resellers/<str:id>/statement/", FloatStatementView.as_view(), name="float-statement"),
]
