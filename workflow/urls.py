from django.urls import path

from workflow import views

urlpatterns = [
    path("steps/<slug:collection>/<int:pk>/<slug:name>/", views.step, name="step"),
    path("messages/", views.message_list, name="message_list"),
    path("messages/read", views.messages_read, name="messages_read"),
    path("demo-clock/", views.demo_clock, name="demo_clock"),
]
