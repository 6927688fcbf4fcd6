import { mount } from 'svelte';
import '../app.css';
import '../forms/forms.css';
import Account from './Account.svelte';

const target = document.getElementById('page');
if (target) mount(Account, { target });
