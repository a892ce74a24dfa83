from django.urls import path

from studios.views import budget, spending, spending_import, spending_office

urlpatterns = [
    path("studios/<int:studio_pk>/money/", budget.studio_money, name="studio_money"),
    path("studios/<int:studio_pk>/money/book/", budget.cash_book, name="studio_cash_book"),
    path("studios/<int:studio_pk>/money/assets/", budget.assets, name="studio_assets"),
    path("studios/<int:studio_pk>/money/settlement/", budget.settlement, name="studio_settlement"),
    path("studios/<int:studio_pk>/budget/", budget.studio_budget, name="studio_budget"),
    path("studios/<int:studio_pk>/budget/new/", budget.budget_set, name="studio_budget_set"),
    path("studios/<int:studio_pk>/budget/adjust/", budget.budget_adjust, name="studio_budget_adjust"),
    path("studios/<int:studio_pk>/expenses/", spending.expense_list, name="studio_expenses"),
    path(
        "studios/<int:studio_pk>/expenses.<str:form>", spending_office.studio_file, name="studio_expense_file"
    ),
    path("studios/<int:studio_pk>/expenses/new/", spending.expense_new, name="expense_new"),
    path("studios/<int:studio_pk>/expenses/<int:pk>/", spending.expense_detail, name="expense_detail"),
    path("studios/<int:studio_pk>/expenses/<int:pk>/edit/", spending.expense_edit, name="expense_edit"),
    path("studios/<int:studio_pk>/expenses/import/", spending_import.upload, name="expense_import"),
    path(
        "studios/<int:studio_pk>/expenses/import/template/",
        spending_import.template,
        name="expense_import_template",
    ),
    path(
        "studios/<int:studio_pk>/expenses/import/<int:pk>/",
        spending_import.result,
        name="expense_import_result",
    ),
    path("studios/vouchers/<uuid:key>/", spending.voucher, name="expense_voucher"),
    path("studios/vouchers/<uuid:key>/remove/", spending.voucher_remove, name="expense_voucher_remove"),
    path("office/expenses/", spending_office.expense_list, name="expense_list"),
    path("office/expenses.<str:form>", spending_office.expense_file, name="expense_file"),
    path("office/budget-adjustments/", spending_office.adjustment_list, name="adjustment_list"),
]
