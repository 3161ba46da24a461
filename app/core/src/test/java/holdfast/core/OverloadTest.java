package holdfast.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Http;
import holdfast.platform.fixture.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Tests of requests that wait for a lock on the table, and of requests that come meanwhile. */
class OverloadTest {

  private static Connection lockedTable(Postgres postgres) throws SQLException {
    Connection lock = postgres.connect();
    lock.setAutoCommit(false);
    lock.createStatement().execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
    return lock;
  }

  private static void awaitMetric(RunningCore core, String line) {
    await()
        .atMost(10, SECONDS)
        .until(() -> core.management().get("/actuator/prometheus").body().contains(line));
  }

  @Test
  void requestsOverTheLimitsAreRefusedAtOnceButManagementAnswers() throws Exception {
    try (RunningCore core =
            RunningCore.startOn(
                Shared.postgres(),
                "holdfast.admission.in-flight=1",
                "holdfast.admission.waiting=1",
                "holdfast.admission.longest-wait=20s");
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Http api = core.api();
      Future<Answer> served;
      Future<Answer> waiting;
      try (Connection lock = lockedTable(Shared.postgres())) {
        served = clients.submit(() -> api.search("А", "Б"));
        awaitMetric(core, "holdfast_admission_free 0.0");
        waiting = clients.submit(() -> api.search("А", "Б"));
        awaitMetric(core, "holdfast_admission_waiting 1.0");

        Answer refused = api.search("А", "Б");
        ContractAssertions.assertError(refused, 503, "too many");
        assertThat(refused.header("Retry-After")).matches("\\d+");
        assertThat(core.management().get("/actuator/health/readiness").status()).isEqualTo(200);
        assertThat(served.isDone()).isFalse();
        assertThat(waiting.isDone()).isFalse();
        lock.rollback();
      }
      assertThat(served.get(10, SECONDS).status()).isEqualTo(200);
      assertThat(waiting.get(10, SECONDS).status()).isEqualTo(200);
      assertThat(api.search("А", "Б").status()).isEqualTo(200);
    }
  }

  @Test
  void noRequestWaitsLongerThanAllowed() throws Exception {
    try (RunningCore core =
            RunningCore.startOn(
                Shared.postgres(),
                "holdfast.admission.in-flight=1",
                "holdfast.admission.longest-wait=100ms");
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
        Connection lock = lockedTable(Shared.postgres())) {
      Future<Answer> served = clients.submit(() -> core.api().search("А", "Б"));
      awaitMetric(core, "holdfast_admission_free 0.0");

      ContractAssertions.assertError(core.api().search("А", "Б"), 503, "too many");
      lock.rollback();
      assertThat(served.get(10, SECONDS).status()).isEqualTo(200);
    }
  }

  @Test
  void aStatementThatTimedOutIsNotRetried() throws Exception {
    try (RunningCore core =
            RunningCore.startOn(Shared.postgres(), "STATEMENT_TIMEOUT=1", "READ_DEADLINE=60");
        Connection lock = lockedTable(Shared.postgres())) {
      long start = System.nanoTime();
      ContractAssertions.assertError(core.api().search("А", "Б"), 503, "too long");
      // Retries would take until the deadline.
      assertThat(System.nanoTime() - start).isLessThan(SECONDS.toNanos(30));
      lock.rollback();
    }
  }

  @Test
  void aStoppingServiceIsUnreadyButStillAnswersAndFinishesItsRequests() throws Exception {
    RunningCore core =
        RunningCore.startOn(
            Shared.postgres(),
            "DRAIN_TIMEOUT=5",
            "STATEMENT_TIMEOUT=60",
            "DRIVER_SOCKET_TIMEOUT=60",
            "READ_DEADLINE=60",
            "holdfast.admission.in-flight=2");
    Http api = core.api();
    Http management = core.management();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> begun;
      Future<?> stop;
      try (Connection lock = lockedTable(Shared.postgres())) {
        begun = threads.submit(() -> api.search("А", "Б"));
        awaitMetric(core, "holdfast_admission_free 1.0");
        stop = threads.submit(core::close);
        await()
            .atMost(4, SECONDS)
            .until(() -> management.get("/actuator/health/readiness").status() == 503);
        Answer stillServed = api.get("/nothing");
        assertThat(stillServed.status()).isEqualTo(404);
        assertThat(stillServed.header("Connection")).isEqualTo("close");
        await().atMost(10, SECONDS).until(() -> refused(api));
        assertThat(begun.isDone()).isFalse();
        lock.rollback();
      }
      assertThat(begun.get(10, SECONDS).status()).isEqualTo(200);
      stop.get(10, SECONDS);
    }
  }

  private static boolean refused(Http api) {
    try {
      api.raw("GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      return false;
    } catch (java.io.IOException e) {
      return true;
    }
  }
}
