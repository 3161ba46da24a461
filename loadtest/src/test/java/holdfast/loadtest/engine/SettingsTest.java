package holdfast.loadtest.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.loadtest.machine.SshMachines.ServiceAccess;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {

  private static final String FROM_ANSIBLE =
      """
      {"drills_dir": "drills", "results_dir": "results", "names": ["all"], "check": false, "moment": null,
       "machines": {"db1": {
         "access": {"address": "10.0.0.1", "port": 22, "user": "admin", "key": null, "arguments": [],
                    "become_password": "a secret"},
         "allowed": true, "core_port": null}},
       "groups": {"database": ["db1"]}, "vips": {},
       "machine_commands": {"off": ["ipmitool", "-P", "a secret"]},
       "load": {"command": [], "mixes": {}, "warm_up_plan": "mixed"},
       "database": {"name": "holdfast", "port": 5432, "core_schema": "core", "chat_schema": "chat"},
       "patroni": {"port": 8008, "user": "patroni", "password": "a secret"},
       "core_management_port": 8085, "fault": "fault.py", "data_dir": "/data", "log_units": [],
       "gaps": {"process": {"fault": "a process ends", "reads_ms": 1200, "why": "one check"}},
       "fault_late_max_s": 10.0, "heal_timeout_s": 90,
       "health": {"ask": "ask.py", "judge": "judge.py", "questions": {}, "expected": {}}}
      """;

  private static Settings read(String json) throws Refused {
    return Settings.read(new ByteArrayInputStream(json.getBytes(UTF_8)));
  }

  @Test
  void readsWhatAnsibleWrites() throws Exception {
    Settings settings = read(FROM_ANSIBLE);
    assertThat(settings.address("db1")).isEqualTo("10.0.0.1");
    assertThat(settings.gaps()).containsEntry("process", new Settings.Gap(1200, null));
    assertThat(settings.patroni().password()).isEqualTo("a secret");
  }

  @Test
  void showsNoSecretAsText() throws Exception {
    Settings settings = read(FROM_ANSIBLE);
    Settings.Patroni patroni = settings.patroni();
    assertThat(
            List.<Object>of(
                settings,
                settings.machines(),
                patroni,
                new ServiceAccess(patroni.port(), patroni.user(), patroni.password())))
        .extracting(Object::toString)
        .noneMatch(text -> text.contains("a secret"));
  }

  @Test
  void refusesAMisspeltSettingWithoutShowingTheOthers() {
    assertThatThrownBy(() -> read(FROM_ANSIBLE.replace("data_dir", "data_dirs")))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("data_dir")
        .hasMessageNotContaining("a secret");
  }
}
