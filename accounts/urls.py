from django.urls import path

from accounts.views import account, calendar, home, record, session

urlpatterns = [
    path("home/", home.home, name="home"),
    path("todo/", home.waiting, name="todo"),
    path("accounts/sign-in", session.sign_in, name="sign_in"),
    path("accounts/sign-out", session.sign_out, name="sign_out"),
    path("accounts/language", session.set_language, name="set_language"),
    path("accounts/password/<str:uid>/<str:token>", session.set_password, name="set_password"),
    path("accounts/me", home.me, name="account"),
    path("office/accounts/", account.account_list, name="account_list"),
    path("office/accounts/new", account.account_invite, name="account_invite"),
    path("office/accounts/<int:pk>/", account.account_detail, name="account_detail"),
    path("office/accounts/<int:pk>/act", account.account_act, name="account_act"),
    path("office/accounts/<int:pk>/grant", account.role_grant, name="role_grant"),
    path("office/accounts/<int:pk>/roles/<int:grant>/end", account.role_end, name="role_end"),
    path("office/ledger/", record.ledger_list, name="ledger_list"),
    path("office/ledger/verify", record.ledger_verify, name="ledger_verify"),
    path("office/calendar/", calendar.calendar, name="calendar"),
    path("office/calendar/load", calendar.calendar_load, name="calendar_load"),
    path("office/calendar/<int:pk>/scan", calendar.calendar_scan, name="calendar_scan"),
    path("ledger", record.public_ledger, name="public_ledger"),
]
