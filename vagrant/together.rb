# Vagrant brings up one machine after another, or all side by side, and provisions each by itself; the cluster needs its members together.
# So a machine only asks to be provisioned (`together`), and at the command's end Ansible (`site`) runs once, over all.
require "fileutils"
require "set"

module Together
  class << self
    attr_accessor :memory_mb # machine => what it needs
    attr_accessor :addresses # machine => where Ansible reaches it
    attr_accessor :boxes # where the boxes built here are; nil for a box of the user's own
  end

  LOCK = Mutex.new
  PENDING = Set.new # machines whose part of the command isn't done, or failed
  ASKED = Queue.new

  # An error whose text is all there is to it.
  class Trouble < Vagrant::Errors::VagrantError
    def initialize(text)
      @text = text
      super()
    end

    def error_message
      @text
    end
  end

  def self.box(provider)
    File.join(boxes, "#{provider}.box")
  end

  # Named by its content: a box that is built anew is another box to Vagrant.
  def self.own_box(provider, override)
    return unless boxes && File.exist?("#{box(provider)}.sha256")

    override.vm.box = "holdfast-#{File.read("#{box(provider)}.sha256")[0, 12]}"
    override.vm.box_url = "file://#{box(provider)}"
  end

  # The key that Vagrant made, where SSH finds it by the machine's address: inventory/vagrant.yml.
  def self.link_key(machine)
    made = machine.data_dir.join("private_key")
    keys = machine.env.local_data_path.join("keys")
    FileUtils.mkdir_p(keys)
    FileUtils.ln_sf(made, keys.join(addresses[machine.name.to_s])) if made.file?
  end

  # Whether a machine of the same provider is so: :running, :not_created.
  def self.is?(state, name, machine)
    machine.env.machine(name.to_sym, machine.provider_name).state.id == state
  end

  # Why the machines of this command can't be started; nil if they can.
  def self.refusal(machine)
    named = memory_mb.keys & ARGV
    starting = (named.empty? ? memory_mb.keys : named).reject { |name| is?(:running, name, machine) }
    if boxes && !File.exist?(box(machine.provider_name)) && starting.any? { |name| is?(:not_created, name, machine) }
      return "There is no box for #{machine.provider_name} yet. Build it: sudo vagrant/build-box #{machine.provider_name}   " \
             "or name one of Debian 13: BOX=NAME vagrant up"
    end

    needed = starting.sum { |name| memory_mb[name] }
    free = File.exist?("/proc/meminfo") ? File.read("/proc/meminfo")[/^MemAvailable:\s+(\d+)/, 1].to_i / 1024 : needed
    return if needed <= free

    "#{starting.join(', ')} need #{needed} MB of memory, this host has #{free} MB free. End what uses it, or lower machine_memory_mb in inventory/hosts.yml."
  end

  # Around each machine's part of a command: looks, before the first, whether all can be started.
  class Part
    def initialize(app, _env)
      @app = app
    end

    def call(env)
      name = env[:machine].name
      return if env[:machine_action] != :provision && refused?(env[:machine])
      return @app.call(env) unless LOCK.synchronize { PENDING.add?(name) } # adding a box is an action within the action

      @app.call(env)
      Together.link_key(env[:machine])
      LOCK.synchronize { PENDING.delete(name) }
    end

    # Told once; machines beside the first do nothing.
    def refused?(machine)
      LOCK.synchronize do
        next @@refusal if defined?(@@refusal)

        @@refusal = Together.refusal(machine)
        raise Trouble.new(@@refusal) if @@refusal
      end
    end
  end

  # A machine that is new, or `vagrant provision`.
  class Ask < Vagrant.plugin("2", :provisioner)
    def provision
      ASKED << @machine
    end
  end

  # The command's end.
  class Answer
    def initialize(app, _env)
      @app = app
    end

    def call(env)
      @app.call(env)
      return if ASKED.empty? || PENDING.any? # what failed, Vagrant has said

      machine = ASKED.pop
      ASKED.clear
      down = Together.memory_mb.keys.reject { |name| Together.is?(:running, name, machine) }
      raise Trouble.new("Not provisioned, since Ansible needs all machines: #{down.join(', ')} not running. `vagrant up` starts them.") if down.any?

      machine.action(:provision, provision_types: [:site])
    end
  end

  # vagrant-lxc's `halt --force` begins with an orderly shutdown; a drill's power-off must not.
  class PullPlug
    def initialize(app, _env)
      @app = app
    end

    def call(env)
      machine = env[:machine]
      if env[:force_halt] && machine.provider_name == :lxc && machine.state.id == :running
        Vagrant::LXC::SudoWrapper.new(privileged: machine.provider_config.privileged).run("lxc-stop", "--kill", "--name", machine.id)
      end
      @app.call(env)
    end
  end

  class Plugin < Vagrant.plugin("2")
    name "together"
    provisioner("together") { Ask }
    %i[up reload provision].each { |action| action_hook("together", :"machine_action_#{action}") { |hook| hook.prepend(Part) } }
    action_hook("together", :machine_action_halt) { |hook| hook.prepend(PullPlug) }
    action_hook("together", :environment_unload) { |hook| hook.append(Answer) }
  end
end
