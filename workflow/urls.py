from django.urls import path

from workflow import jobviews, views

urlpatterns = [
    path("steps/<slug:collection>/<int:pk>/<slug:name>/", views.step, name="step"),
    path("messages/", views.message_list, name="message_list"),
    path("messages/read", views.messages_read, name="messages_read"),
    path("jobs/", jobviews.job_list, name="job_list"),
    path("jobs/<int:pk>", jobviews.job_detail, name="job_detail"),
    path("jobs/<int:pk>/progress", jobviews.job_progress, name="job_progress"),
    path("jobs/<int:pk>/cancel", jobviews.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/file", jobviews.job_file, name="job_file"),
    path("demo-clock/", views.demo_clock, name="demo_clock"),
]
