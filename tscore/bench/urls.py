"""The console's addresses and the bars that are measured beside them."""

from django.urls import path

from tscore import urls
from tscore.bench.baseline import Baseline
from tscore.core import access

urlpatterns = [*urls.urlpatterns, path("api/v1/bench/baseline", Baseline.as_view(), name="bench_baseline")]
access.declare("bench_baseline", POST=access.Key("events:write"))
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
